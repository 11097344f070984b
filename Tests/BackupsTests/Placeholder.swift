// The room's first test stands here until there is another.
