// Closing codes as clients are told them (RFC 6455 §7.4.1 and its registry).

export const goingAway = 1001;
export const tryAgainLater = 1013;
