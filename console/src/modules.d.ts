/** Libraries without types of their own: as far as they are used here. */

declare module 'dmn-js/lib/NavigatedViewer' {
  export default class NavigatedViewer {
    constructor(options: { container: HTMLElement });
    importXML(xml: string): Promise<{ warnings: unknown[] }>;
    getViews(): unknown[];
    open(view: unknown): Promise<unknown>;
    on(event: string, listener: (event: never) => void): void;
    destroy(): void;
  }
}

declare module 'bpmn-auto-layout' {
  export function layoutProcess(xml: string): Promise<string>;
}

declare module 'bpmn-js-differ' {
  interface Change {
    model: { id: string; name?: string; $type: string };
  }
  export function diff(
    before: unknown,
    after: unknown,
  ): {
    _added: Record<string, Change['model']>;
    _removed: Record<string, Change['model']>;
    _changed: Record<string, Change & { attrs: Record<string, { oldValue: unknown; newValue: unknown }> }>;
    _layoutChanged: Record<string, Change['model']>;
  };
}

declare module 'bpmn-moddle' {
  export class BpmnModdle {
    fromXML(xml: string): Promise<{ rootElement: unknown }>;
  }
}
