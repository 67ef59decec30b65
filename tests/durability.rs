//! What was acknowledged is there, whatever happens to the process and its disk.

mod full_disk;
mod kill;
