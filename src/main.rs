//! The one binary. See `samvirke --help`, and the map in `lib.rs`.

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> std::process::ExitCode {
    match samvirke::cli::Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("samvirke: {}", samvirke::cli::explain(&error));
            std::process::ExitCode::FAILURE
        }
    }
}
