// The headers of the pages, made from ../web/headers.json, which the local process sends as they stand there.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Duration } from "aws-cdk-lib";
import type {
  HeadersReferrerPolicy,
  ResponseCustomHeader,
  ResponseHeadersPolicyProps,
  ResponseSecurityHeadersBehavior,
} from "aws-cdk-lib/aws-cloudfront";
import { repository } from "./paths.js";

/** What stands in the places of headers.json: origins that the page may call. */
export interface Origins {
  live: string;
  uploads: string;
}

/** The file with its places filled in. */
export function filledIn(origins: Origins): Record<string, string> {
  const text = readFileSync(join(repository, "web/headers.json"), "utf8");
  const headers: Record<string, string> = JSON.parse(text);
  const fill = (value: string) => value.replaceAll("{live}", origins.live).replaceAll("{uploads}", origins.uploads);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
}

/**
 * The same for CloudFront, which takes some headers by settings of their own and refuses them among the others. What
 * the bucket sends never wins.
 */
export function pageHeaders(origins: Origins): ResponseHeadersPolicyProps {
  const override = true;
  const custom: ResponseCustomHeader[] = [];
  let security: ResponseSecurityHeadersBehavior = {
    // Only where there is HTTPS, so not in the file. Subdomains may be somebody else's.
    strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: false, override },
  };
  for (const [name, value] of Object.entries(filledIn(origins))) {
    switch (name) {
      case "content-security-policy":
        security = { ...security, contentSecurityPolicy: { contentSecurityPolicy: value, override } };
        break;
      case "referrer-policy":
        security = { ...security, referrerPolicy: { referrerPolicy: value as HeadersReferrerPolicy, override } };
        break;
      case "x-content-type-options":
        if (value !== "nosniff") throw new Error(`x-content-type-options is nosniff or nothing, not ${value}`);
        security = { ...security, contentTypeOptions: { override } };
        break;
      case "strict-transport-security":
      case "x-frame-options":
      case "x-xss-protection":
        throw new Error(`CloudFront takes ${name} by a setting of its own: write it in headers.ts`);
      default:
        custom.push({ header: name, value, override });
    }
  }
  return { securityHeadersBehavior: security, customHeadersBehavior: { customHeaders: custom } };
}
