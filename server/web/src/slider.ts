// SPDX-License-Identifier: Apache-2.0
// A range with its value in words beside it.
import { el } from './dom';

export interface SliderOptions {
  id: string;
  max: number;
  step: number;
  value: number;
  /** The value as people read it, after `change` was told. */
  text(value: number): string;
}

export function slider(options: SliderOptions, change: (value: number) => void): { range: HTMLInputElement; shown: HTMLElement } {
  const shown = el('output', { class: 'quiet' });
  const range = el('input', {
    type: 'range',
    id: options.id,
    min: 0,
    max: options.max,
    step: options.step,
    value: options.value,
    'data-testid': options.id,
    input: () => {
      change(Number(range.value));
      show();
    },
  });
  const show = (): void => {
    const value = Number(range.value);
    shown.textContent = options.text(value);
    range.setAttribute('aria-valuetext', shown.textContent);
    range.style.setProperty('--part', `${(100 * value) / options.max}%`);
  };
  show();
  return { range, shown };
}
