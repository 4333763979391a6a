// mdBook's search, elasticlunr, knows words between blanks, in Latin letters. So Chinese is looked for as it stands.
const searchWords = elasticlunr.Index.prototype.search;

elasticlunr.Index.prototype.search = function (query, options) {
    const words = query.trim().split(/\s+/);
    if (!words.some(word => /[^\x00-\x7f]/.test(word))) {
        return searchWords.call(this, query, options);
    }
    const found = Object.entries(this.documentStore.docs)
        .map(([ref, doc]) => ({ ref, doc, score: words.every(word => doc.title.includes(word)) ? 2 : 1 }))
        .filter(({ doc }) => words.every(word => (doc.title + doc.body).includes(word)));
    return found.sort((one, other) => other.score - one.score);
};
