/**
 * The first script: small, so that it runs while React and the page are still on their way. It sets the theme, asks what
 * the page will show, sends for the page, and then lets React draw.
 */
import { pageAt } from '../pages/table';
import { access, loginIsDue } from './access';
import { askEarly } from './early';
import { askForInstance } from './instance';
import { startTheme } from './theme';
import '../styles/font.css';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/controls.css';
import '../styles/layout.css';
import '../styles/table.css';
import '../styles/diagram.css';
import '../styles/pages.css';

// Code first: what follows waits for the browser's storage.
const at = pageAt(location.hash);
// In place before the first drawing, so that nothing but the page is drawn. What fails shows itself there.
const page = at?.page.load().catch(() => {});
const main = import('../main');
void askEarly(access);
startTheme();
if (at?.page.path === 'instances/:instanceId') {
  void import('../diagram/bpmn-diagram').catch(() => {});
  const tab = new URLSearchParams(location.hash.split('?')[1]).get('tab');
  if (!loginIsDue()) askForInstance(at.params['instanceId'] ?? '', tab ?? 'variables');
}
void main.then(({ draw }) => draw(page));
