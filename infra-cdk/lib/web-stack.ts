// The SPA at the edge: a private bucket, and a distribution in front of it and of the API.

import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type CfnElement,
  CfnOutput,
  DefaultStackSynthesizer,
  Duration,
  Fn,
  RemovalPolicy,
  Stack,
  type StackProps,
  Validations,
} from "aws-cdk-lib";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AccessLevel,
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  Function as ViewerFunction,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin, S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import { BucketDeployment, CacheControl, Source } from "aws-cdk-lib/aws-s3-deployment";
import type { Construct } from "constructs";
import { pageHeaders } from "./headers.js";
import { project } from "./paths.js";

/** Assets are named by their content. */
const FOR_EVER = "public, max-age=31536000, immutable";
/** The index names the assets of this version, so a browser asks for it each time. */
const ASK_EACH_TIME = "no-cache";

/** An own domain, and its certificate, which CloudFront takes only from us-east-1. */
export interface Domain {
  name: string;
  certificate: string;
}

export interface WebStackProps extends StackProps {
  /** The stack of template.yaml, whose exports this one imports. */
  backend: string;
  /** The folder of the built SPA. */
  pages: string;
  domain?: Domain;
}

export class WebStack extends Stack {
  constructor(scope: Construct, id: string, props: WebStackProps) {
    super(scope, id, props);
    const imported = (name: string) => Fn.importValue(`${props.backend}-${name}`);
    /** `https://host/path` → `host` */
    const host = (url: string) => Fn.select(2, Fn.split("/", url));

    const bucket = new Bucket(this, "Pages", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // Not versioned: everything in it is made again from a commit, and assets are never written over.
      versioned: false,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    Validations.of(bucket).acknowledge({
      id: "AwsSolutions-S1",
      reason: "Only the distribution reads it, and the distribution's own log says what was asked for",
    });
    const logs = this.logs();

    const headers = new ResponseHeadersPolicy(
      this,
      "Headers",
      pageHeaders({ live: `wss://${host(imported("LiveUrl"))}`, uploads: imported("UploadsUrl") }),
    );
    // May list as well as read: without that right S3 answers 403 for what is missing, and turning every 403 of a
    // distribution into a 404 would change the API's too. A visitor cannot list: / is an object (by the function, and by
    // defaultRootObject should it ever fail), and no query string goes to the bucket.
    const files = S3BucketOrigin.withOriginAccessControl(bucket, {
      originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
    });
    const served: BehaviorOptions = {
      origin: files,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: headers,
      compress: true,
    };
    const api = this.api(host(imported("ApiUrl")));
    const distribution = new Distribution(this, "Edge", {
      comment: `The pages and the API of ${props.backend}`,
      defaultBehavior: {
        ...served,
        cachePolicy: this.briefly(),
        functionAssociations: [{ function: this.viewerRequest(), eventType: FunctionEventType.VIEWER_REQUEST }],
      },
      additionalBehaviors: {
        "/api": api,
        "/api/*": api,
        "/assets/*": { ...served, cachePolicy: CachePolicy.CACHING_OPTIMIZED },
      },
      defaultRootObject: "index.html",
      httpVersion: HttpVersion.HTTP2_AND_3,
      // North America and Europe; the others are served from there.
      priceClass: PriceClass.PRICE_CLASS_100,
      logBucket: logs,
      logIncludesCookies: false,
      ...this.ownDomain(props.domain),
    });
    this.explain(distribution, props.domain);
    this.upload(props.pages, bucket, distribution);

    new CfnOutput(this, "Url", {
      value: `https://${props.domain?.name ?? distribution.distributionDomainName}`,
      description: "Where the pages are: the AppUrl of template.yaml",
    });
    new CfnOutput(this, "DistributionDomain", {
      value: distribution.distributionDomainName,
      description: "What an own domain points to (CNAME, or ALIAS in Route 53)",
    });
  }

  /** CloudFront writes its log by access control lists, which only this bucket allows. */
  private logs(): Bucket {
    const logs = new Bucket(this, "Logs", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // Lines hold addresses and query strings, which may be personal.
      lifecycleRules: [{ expiration: Duration.days(30) }],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    Validations.of(logs).acknowledge({ id: "AwsSolutions-S1", reason: "It is the log: a log of it would log itself" });
    return logs;
  }

  private viewerRequest(): ViewerFunction {
    return new ViewerFunction(this, "ViewerRequest", {
      comment: "An address of the SPA gets the index",
      code: FunctionCode.fromFile({ filePath: join(project, "lib/viewer-request.js") }),
      runtime: FunctionRuntime.JS_2_0,
    });
  }

  /**
   * Browsers ask for the index each time; the edge answers for the bucket for up to a minute, although the objects say
   * `no-cache`. So a deployment is out after a minute even when its invalidation is late.
   */
  private briefly(): CachePolicy {
    const minute = Duration.minutes(1);
    return new CachePolicy(this, "Briefly", {
      comment: "A minute, whatever the bucket says",
      minTtl: minute,
      defaultTtl: minute,
      maxTtl: minute,
      enableAcceptEncodingGzip: true,
      enableAcceptEncodingBrotli: true,
    });
  }

  /** The API under the same name as the pages, as on a laptop: nothing kept, everything passed on, its own headers. */
  private api(domain: string): BehaviorOptions {
    return {
      origin: new HttpOrigin(domain, {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        originSslProtocols: [OriginSslPolicy.TLS_V1_2],
        // API Gateway gives up after 30 s and says so; its answer is to arrive.
        readTimeout: Duration.seconds(35),
      }),
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      // Not a redirect: a token that was sent in the clear is to be noticed.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    };
  }

  private ownDomain(domain?: Domain) {
    if (!domain) return {};
    return {
      domainNames: [domain.name],
      certificate: Certificate.fromCertificateArn(this, "Certificate", domain.certificate),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    };
  }

  private explain(distribution: Distribution, domain?: Domain) {
    Validations.of(distribution).acknowledge(
      { id: "AwsSolutions-CFR1", reason: "Customers may be anywhere" },
      { id: "AwsSolutions-CFR2", reason: "The web application firewall comes with the hosted sites" },
      {
        id: "@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk",
        reason: "The root is an object, and no query string goes to the bucket: see where the origin is made",
      },
    );
    if (!domain) {
      Validations.of(distribution).acknowledge({
        id: "AwsSolutions-CFR4",
        reason: "With CloudFront's own name and certificate the oldest TLS version cannot be chosen",
      });
    }
  }

  /**
   * Uploads the assets, then the rest, so that the index never names what is not there. What older versions uploaded
   * stays: a tab that is still open loads the parts of its own version.
   */
  private upload(pages: string, bucket: Bucket, distribution: Distribution) {
    if (!existsSync(join(pages, "index.html"))) {
      throw new Error(`there are no pages in ${pages}: run \`npm install && npm run build\` in web/`);
    }
    const logGroup = new LogGroup(this, "UploadLogs", {
      retention: RetentionDays.TWO_WEEKS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const common = { destinationBucket: bucket, prune: false, logGroup };
    const assets = new BucketDeployment(this, "Assets", {
      ...common,
      sources: [Source.asset(join(pages, "assets"))],
      destinationKeyPrefix: "assets",
      cacheControl: [CacheControl.fromString(FOR_EVER)],
    });
    const index = new BucketDeployment(this, "Index", {
      ...common,
      sources: [Source.asset(pages, { exclude: ["assets"] })],
      cacheControl: [CacheControl.fromString(ASK_EACH_TIME)],
      distribution,
      // Deep links are kept under their own addresses too, and only a prefix can be named. Assets are fetched once more.
      distributionPaths: ["/*"],
      // See `briefly`: nothing depends on it, and waiting for it has failed deployments (aws-cdk issue 15891).
      waitForDistributionInvalidation: false,
    });
    index.node.addDependency(assets);
    this.explainUploader(assets, bucket);
  }

  /** CDK writes the uploader, one function for all uploads of the stack: its rights and runtime are not ours to choose. */
  private explainUploader(upload: BucketDeployment, bucket: Bucket) {
    const uploader = upload.handlerRole.node.scope;
    if (!uploader) throw new Error("the role of the uploader stands alone");
    const pages = this.getLogicalId(bucket.node.defaultChild as CfnElement);
    const staged = `cdk-${DefaultStackSynthesizer.DEFAULT_QUALIFIER}-assets-<AWS::AccountId>-${this.region}`;
    const log = "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    // Each by name: a wildcard that a later CDK adds is looked at again.
    const actions = ["GetObject*", "GetBucket*", "List*", "DeleteObject*", "Abort*"].map(
      (name) => `Action::s3:${name}`,
    );
    const resources = [`<${pages}.Arn>/*`, `arn:<AWS::Partition>:s3:::${staged}/*`].map((name) => `Resource::${name}`);
    Validations.of(uploader).acknowledge(
      { id: "AwsSolutions-L1", reason: "The runtime is the one that CDK tests its uploader with" },
      { id: `AwsSolutions-IAM4[${log}]`, reason: "It writes its log with it, and may do nothing else by it" },
      ...[...actions, ...resources].map((finding) => ({
        id: `AwsSolutions-IAM5[${finding}]`,
        reason: "It reads what cdk deploy staged and writes what the bucket of the pages holds",
      })),
      { id: "AwsSolutions-IAM5[Resource::*]", reason: "Invalidations, which it starts during cdk deploy" },
    );
  }
}
