// The room's first file stands here until there is another.
