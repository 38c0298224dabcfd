// bezant-observability: the tables here → Grafana's JSON and Prometheus' rules.
export {};
