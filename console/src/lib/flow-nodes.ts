/** What a model says about its nodes, read without drawing it. */

export interface FlowNode {
  id: string;
  /** The id where it has no name. */
  name: string;
  /** The BPMN word, such as `userTask`. */
  type: string;
}

const bpmn = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const isNode = (word: string) =>
  /(?:[Tt]ask|Event|Gateway|callActivity|[sS]ubProcess|transaction)$/.test(word);

/** The flow nodes of a process in the order of the file, those within sub-processes too. */
export function flowNodes(xml: string, processKey?: string): FlowNode[] {
  const model = new DOMParser().parseFromString(xml, 'application/xml');
  const processes = [...model.getElementsByTagNameNS(bpmn, 'process')];
  return processes
    .filter((process) => !processKey || process.getAttribute('id') === processKey)
    .flatMap((process) => [...process.getElementsByTagNameNS(bpmn, '*')])
    .filter((element) => isNode(element.localName) && element.hasAttribute('id'))
    .map((element) => {
      const id = element.getAttribute('id') ?? '';
      return { id, name: tidy(element.getAttribute('name')) || id, type: element.localName };
    });
}

/** Names may have line ends. */
const tidy = (name: string | null): string => (name ?? '').replace(/\s+/g, ' ').trim();

/** `Name (id)`, for where both help. */
export const labelOf = ({ id, name }: FlowNode): string => (name === id ? id : `${name} (${id})`);
