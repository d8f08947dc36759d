//! The built server from the outside: REST, MCP, the command line, the event stream, its files and its process.
#![cfg(unix)]

mod both;
mod bridge;
mod clients;
mod command_line;
mod conformance;
mod crash;
mod guard;
mod leases;
mod life;
mod lost_answers;
mod odd_values;
mod one_winner;
mod process;
mod refusals;
mod refusals_state;
mod storage;
mod stream;
mod toolsets;
mod wire;
