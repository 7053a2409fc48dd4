# What a developer runs. `just pre` before a commit.

pre: fmt test replay

fmt:
    cargo fmt --all

test:
    cargo test --workspace

lint:
    cargo clippy --workspace --all-targets

# Replays the oracle's scenarios over HTTP.
replay:
    cargo build -p tollgate-cli
    .ci/replay
