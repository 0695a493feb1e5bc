// SPDX-License-Identifier: Apache-2.0
// Whether incidents came: a small question asked again and again, while someone looks.
import { getEpoch } from './api';

const every = 2000; // milliseconds

export class Live {
  private seen: string | null = null;
  private timer = 0;
  private asking = false;

  /** `changed` is told of each change, `connected` whether the server answers. */
  constructor(
    private readonly changed: () => void,
    private readonly connected: (yes: boolean) => void,
  ) {
    document.addEventListener('visibilitychange', () => (document.hidden ? this.rest() : void this.ask()));
  }

  start(epoch: number, incidents: number): void {
    this.seen = `${epoch}/${incidents}`;
    this.plan();
  }

  private plan(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), every);
  }

  private rest(): void {
    window.clearTimeout(this.timer);
  }

  private async ask(): Promise<void> {
    if (this.asking || this.seen === null) return;
    this.asking = true;
    try {
      const { epoch, incidents } = await getEpoch();
      this.connected(true);
      // A server that was started again counts its epochs anew: the number of incidents tells as well.
      const now = `${epoch}/${incidents}`;
      if (now !== this.seen) {
        this.seen = now;
        this.changed();
      }
    } catch {
      this.connected(false);
    }
    this.asking = false;
    if (!document.hidden) this.plan();
  }
}
