// Runs at the edge (CloudFront Function, cloudfront-js-2.0) before the cache and the bucket are asked: an address of the
// SPA gets the index, a file is asked for by its own name and may be missing. A dot in the last part of the path says
// that it is a file; it counts in its encoded form too. ../web/paths.json has the cases; up/src/spa.rs does the same.
function handler(event) {
  const request = event.request;
  const last = request.uri.slice(request.uri.lastIndexOf("/") + 1);
  if (!/\.|%2e/i.test(last)) request.uri = "/index.html";
  return request;
}
