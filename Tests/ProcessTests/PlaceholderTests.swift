// Placeholder until the first process test lands.
