//! Under construction.
mod supervisor;
fn main() {}
