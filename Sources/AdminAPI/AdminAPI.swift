// The module's files follow with its first capability.
