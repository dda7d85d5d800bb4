// Starts GraphiQL on this node's own endpoint. The token goes into the Headers tab and is not kept.
const place = document.getElementById('tool');
ReactDOM.createRoot(place).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: new URL('graphql', document.baseURI).href }),
    defaultQuery: '# ' + place.dataset.hint + '\n\n{\n  __typename\n}\n',
    defaultHeaders: '{\n  "Authorization": "Bearer "\n}',
    defaultEditorToolsVisibility: 'headers',
    shouldPersistHeaders: false,
  }),
);
