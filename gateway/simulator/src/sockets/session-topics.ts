// tic and ech keep a connection awake; the first is answered four times over and carries the session token, the
// second comes back as it was, which is not JSON (both observed).
import type { Topic } from './subscription.ts';

const TIC_COPIES = 4;

export const sessionTopics: Record<string, Topic> = {
  tic: {
    brokerage: false,
    run: (connection) => {
      const { world, clock } = connection;
      const frame = { topic: 'tic', alive: true, id: world.session.token, lastAccessed: clock.now() };
      for (let copy = 0; copy < TIC_COPIES; copy += 1) connection.send(frame);
    },
  },
  ech: { brokerage: false, run: (connection, { head }) => connection.sendText(head) },
};
