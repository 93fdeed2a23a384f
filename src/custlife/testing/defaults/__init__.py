"""What must be true of the lifecycle and of the strategies that custlife brings."""
