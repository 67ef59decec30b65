//! Figures computed from the ledger.
