// The names of the two scrape jobs: of the sidecar's admin port and of the supervisor's. Only metrics that other programs
// have too are asked for by job.

export const sidecarJob = 'bezant';
export const supervisorJob = 'bezant-supervisor';
