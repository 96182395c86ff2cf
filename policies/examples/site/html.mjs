// Text as HTML.
const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escape(text) {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
