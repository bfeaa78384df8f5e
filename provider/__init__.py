"""The component for programs in other languages: what Pulumi starts as a plugin."""
