//! The one binary. See `samvirke --help`, and the map in `lib.rs`.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    samvirke::cli::main()
}
