//! The machine in a few words, without its name and without a date.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use crate::stats::median;

/// Processor, memory, system, load and what making 4 KiB durable costs: what the figures depend on.
pub fn describe(folder: &Path) -> Result<String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let processor =
        field("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unknown processor".into());
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.trim_end_matches(" kB").trim().parse::<u64>().ok())
        .map_or_else(
            || "unknown memory".into(),
            |kilobytes| format!("{} GiB", kilobytes / (1024 * 1024)),
        );
    // Whoever else uses the machine takes from every figure but the processor time.
    let load = fs::read_to_string("/proc/loadavg").ok();
    let load =
        load.as_deref().and_then(|text| text.split(' ').next()).unwrap_or("unknown").to_owned();
    Ok(format!(
        "{cores} cores of {processor}, {memory}, {} {}; making 4 KiB durable takes {:.0} µs; load average {load} before the run",
        std::env::consts::OS,
        std::env::consts::ARCH,
        durable_write_micros(folder)?
    ))
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

/// The median time of `fdatasync` after a write of 4 KiB, in microseconds.
fn durable_write_micros(folder: &Path) -> Result<f64> {
    let path = folder.join("durable");
    let mut file = File::create(&path)?;
    let mut times = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(began.elapsed().as_secs_f64() * 1e6);
    }
    fs::remove_file(path)?;
    Ok(median(&times))
}
