"""Built-in connectors. Each uses the same door as a guest and imports nothing but `hub.sdk`."""
