//! The figures and read models of Meetellen.
