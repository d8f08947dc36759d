//! The binary `meshpilot`: the server, the MCP bridge, and every operation as a command.

use std::process::ExitCode;

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("meshpilot: no threads can be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(meshpilot::cli::run());
    // A read of standard input can't be interrupted, and nothing that is still running may hold the end up.
    runtime.shutdown_background();
    code
}
