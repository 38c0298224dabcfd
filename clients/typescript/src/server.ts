// Which server answers: bezant, or IBKR's Gateway itself without bezant before it.

export type Server = 'bezant' | 'gateway';
