/** Preparing a model to be shown. */

/** Colours chosen for white paper are left out on a dark one, where black text would lie on dark fill. */
export function withoutColors(xml: string): string {
  return xml.replace(/\s(?:bioc:(?:fill|stroke)|color:(?:background-color|border-color))="[^"]*"/g, '');
}

export const hasDiagram = (xml: string): boolean => /<(?:\w+:)?BPMNShape[\s>]/.test(xml);

/** A layout for a model that has none. */
export async function withLayout(xml: string): Promise<string> {
  const { layoutProcess } = await import('bpmn-auto-layout');
  return layoutProcess(xml);
}
