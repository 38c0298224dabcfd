// bezant-gateway: fetch → unpack → configure → become the Java process.
export {};
