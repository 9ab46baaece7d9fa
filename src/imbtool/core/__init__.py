"""What everything else stands on: errors, types, seeds, suggestions. Standard library first."""
