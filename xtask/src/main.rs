//! Project chores.

fn main() {
    eprintln!("xtask: there are no chores yet; see the justfile");
    std::process::exit(2);
}
