"""The figures of `faultlens measure` on carved scans, each with its command."""
