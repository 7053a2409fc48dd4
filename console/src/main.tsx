import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { earlyAnswers, forgetEarly } from './start/early';
import { nowIdle } from './state/idle';

/** Answers that come later than this are shown when they come. */
const patience = 100;
/** What was asked early and not wanted by then will not be. */
const forgotten = 5000;

/** Draws the console once its page is there. Until then the frame in `index.html` is on the screen. */
export async function draw(page: Promise<unknown> | undefined): Promise<void> {
  await Promise.all([page, earlyAnswers(patience)]);
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
  window.setTimeout(forgetEarly, forgotten);
  nowIdle();
}
