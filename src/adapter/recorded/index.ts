export { recordedCluster } from './cluster.ts';
export { loadRecording } from './load.ts';
export { recordedNodeShell } from './node-shell.ts';
export { recorder } from './recorder.ts';
export { packOutputs, unpackOutputs } from './pack.ts';
export { configuredDoors, type Recording, RecordingError } from './recording.ts';
export { saveRecording } from './save.ts';
export { Sink } from './sink.ts';
export { type PlayOptions, World } from './world.ts';
