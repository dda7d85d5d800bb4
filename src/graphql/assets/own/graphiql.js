// Starts GraphiQL on this node's own endpoint. It would write its history, headers and all, into the browser's
// storage; here it gets one that ends with the page, so no token is left behind.
const kept = new Map();
const storage = {
  get length() { return kept.size; },
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => { kept.set(key, value); },
  removeItem: (key) => { kept.delete(key); },
  clear: () => { kept.clear(); },
};
const place = document.getElementById('tool');
ReactDOM.createRoot(place).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: new URL('graphql', document.baseURI).href }),
    defaultQuery: '# ' + place.dataset.hint + '\n\n{\n  __typename\n}\n',
    defaultHeaders: '{\n  "Authorization": "Bearer "\n}',
    defaultEditorToolsVisibility: 'headers',
    shouldPersistHeaders: false,
    storage,
  }),
);
