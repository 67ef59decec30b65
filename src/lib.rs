//! The server and the command line of Meetellen.
