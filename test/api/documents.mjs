// The two OpenAPI documents, as the programs print them.
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const documentFile = (name) => path.join(process.env.K_DOCUMENT_DIR, `${name}.json`);
export const documents = Object.fromEntries(['public', 'admin'].map((name) => [name, JSON.parse(readFileSync(documentFile(name), 'utf8'))]));

const methods = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head'];

/** Every operation: {document, path, method, operation, matches(target)}; paths without parameters first, as they are served. */
export const operations = Object.entries(documents).flatMap(([document, { paths }]) =>
  Object.entries(paths).flatMap(([template, item]) => {
    const pattern = new RegExp(`^${template.split('/').map((part) => (/^\{.*\}$/.test(part) ? '[^/]+' : part.replaceAll('.', '\\.'))).join('/')}$`);
    return methods
      .filter((method) => item[method])
      .map((method) => ({ document, path: template, method, operation: item[method], matches: (target) => pattern.test(target) }));
  }),
).sort((a, b) => a.path.split('{').length - b.path.split('{').length);

/** A response of an operation, with what it refers to. */
export function responseOf(document, operation, status) {
  const response = operation.responses[status];
  const name = response?.$ref?.split('/').at(-1);
  return name ? documents[document].components.responses[name] : response;
}

/** The error codes of the sources: name to HTTP status. */
export function codesOfTheSource() {
  const text = readFileSync(new URL('../../core/errorCode.cpp', import.meta.url), 'utf8');
  const codes = Object.fromEntries([...text.matchAll(/\{"([A-Z_]+)", (\d{3}),/g)].map(([, name, status]) => [name, Number(status)]));
  delete codes.NONE;
  return codes;
}
