//! Under construction.

#[cfg(target_os = "linux")]
pub mod webdriver;
