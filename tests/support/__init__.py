"""What tests share: engines to start, clients to ask with, damage to do, oracles to compare with."""
