"""What the clouds charge: the catalogue of what Fernway buys, at round on-demand prices."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal

PRICE_UNIT = 10**10  # prices and costs are whole units of 10⁻¹⁰ dollars
QUANTITY_UNIT = 10**6
CONTRACT = {"aws": Decimal("0.96"), "gcp": Decimal("0.95"), "azure": Decimal("1")}  # share of list price paid
SAVINGS_PLAN = Decimal("0.72")
RESERVED = Decimal("0.62")


@dataclass(frozen=True)
class Sku:
    """One priced thing; `price` is dollars per `unit` on demand."""

    key: str
    provider: str
    service: str
    category: str
    subcategory: str
    unit: str
    price: Decimal
    meter: str
    resource: str  # the kind of resource, as part of its id

    @property
    def id(self) -> str:
        return hashlib.sha256(f"{self.provider}/{self.key}".encode()).hexdigest()[:16].upper()

    @property
    def list_price(self) -> int:
        return int(self.price * PRICE_UNIT)

    @property
    def contracted_price(self) -> int:
        return int(self.price * CONTRACT[self.provider] * PRICE_UNIT)


def cost(quantity: int, price: int) -> int:
    """Units of 10⁻¹⁰ dollars for `quantity` (10⁻⁶) at `price` (10⁻¹⁰), rounded half up."""
    return (quantity * price + QUANTITY_UNIT // 2) // QUANTITY_UNIT


_EC2 = ("aws", "Amazon Elastic Compute Cloud", "Compute", "Virtual Machines", "Hours")
_RDS = ("aws", "Amazon Relational Database Service", "Databases", "Relational Databases")
_CACHE = ("aws", "Amazon ElastiCache", "Databases", "Caching", "Hours")
_S3 = ("aws", "Amazon Simple Storage Service", "Storage", "Object Storage")
_CDN = ("aws", "Amazon CloudFront", "Networking", "Content Delivery")
_VPC = ("aws", "Amazon Virtual Private Cloud", "Networking", "Network Infrastructure")
_LAMBDA = ("aws", "AWS Lambda", "Compute", "Serverless Compute")
_BIGQUERY = ("gcp", "BigQuery", "Databases", "Data Warehouses")
_AI = "AI and Machine Learning"

_TABLE = (
    ("m6i.xlarge", *_EC2, "0.192", "Instance", "instance"),
    ("m6i.2xlarge", *_EC2, "0.384", "Instance", "instance"),
    ("m6i.4xlarge", *_EC2, "0.768", "Instance", "instance"),
    ("c6i.2xlarge", *_EC2, "0.34", "Instance", "instance"),
    ("c6i.4xlarge", *_EC2, "0.68", "Instance", "instance"),
    ("c6i.8xlarge", *_EC2, "1.36", "Instance", "instance"),
    ("r6i.2xlarge", *_EC2, "0.504", "Instance", "instance"),
    ("g5.xlarge", *_EC2, "1.006", "Instance", "instance"),
    ("t3.xlarge", *_EC2, "0.1664", "Instance", "instance"),
    ("ebs-gp3", *_EC2[:2], "Storage", "Block Storage", "GB-Months", "0.08", "Volume", "volume"),
    ("ebs-snapshot", *_EC2[:2], "Storage", "Backup Storage", "GB-Months", "0.05", "Snapshot", "snapshot"),
    ("transfer-az", *_EC2[:2], "Networking", "Network Infrastructure", "GB", "0.01", "Inter-zone transfer", "transfer"),
    ("transfer-out", *_EC2[:2], "Networking", "Network Infrastructure", "GB", "0.09", "Internet egress", "transfer"),
    ("eks", "aws", "Amazon Elastic Kubernetes Service", "Compute", "Containers", "Hours", "0.10", "Control plane",
     "cluster"),
    ("db.r6g.4xlarge", *_RDS, "Hours", "2.076", "Aurora instance", "db"),
    ("db.r6g.2xlarge", *_RDS, "Hours", "1.038", "Aurora instance", "db"),
    ("db.r6g.xlarge", *_RDS, "Hours", "0.519", "Aurora instance", "db"),
    ("aurora-io", *_RDS, "IOs", "0.0000002", "Aurora I/O", "cluster"),
    ("aurora-storage", *_RDS, "GB-Months", "0.10", "Aurora storage", "cluster"),
    ("cache.r6g.xlarge", *_CACHE, "0.411", "Redis node", "cluster"),
    ("cache.r6g.large", *_CACHE, "0.206", "Redis node", "cluster"),
    ("search.r6g.large", "aws", "Amazon OpenSearch Service", "Analytics", "Search", "Hours", "0.167", "Data node",
     "domain"),
    ("kafka.m5.large", "aws", "Amazon Managed Streaming for Apache Kafka", "Integration", "Messaging", "Hours", "0.21",
     "Broker", "cluster"),
    ("sagemaker", "aws", "Amazon SageMaker", _AI, "Machine Learning", "Hours", "0.7364", "ml.g4dn.xlarge", "endpoint"),
    ("s3-storage", *_S3, "GB-Months", "0.023", "Standard storage", "bucket"),
    ("s3-requests", *_S3, "Requests", "0.000005", "PUT requests", "bucket"),
    ("cdn-out", *_CDN, "GB", "0.085", "Data transfer out", "distribution"),
    ("cdn-requests", *_CDN, "Requests", "0.000001", "HTTPS requests", "distribution"),
    ("nat-hours", *_VPC, "Hours", "0.045", "NAT gateway", "natgateway"),
    ("nat-bytes", *_VPC, "GB", "0.045", "NAT gateway bytes", "natgateway"),
    ("alb", "aws", "Elastic Load Balancing", "Networking", "Network Routing", "Hours", "0.0225", "Load balancer",
     "loadbalancer"),
    ("alb-lcu", "aws", "Elastic Load Balancing", "Networking", "Network Routing", "LCU-Hours", "0.008", "Capacity",
     "loadbalancer"),
    ("lambda-gbs", *_LAMBDA, "GB-Seconds", "0.0000166667", "Duration", "function"),
    ("lambda-requests", *_LAMBDA, "Requests", "0.0000002", "Invocations", "function"),
    ("apigw", "aws", "Amazon API Gateway", "Integration", "API Management", "Requests", "0.000001", "HTTP API calls",
     "api"),
    ("dynamodb", "aws", "Amazon DynamoDB", "Databases", "NoSQL Databases", "Requests", "0.00000125", "Write requests",
     "table"),
    ("kinesis", "aws", "Amazon Kinesis", "Analytics", "Streaming Analytics", "Hours", "0.015", "Shard", "stream"),
    ("sqs", "aws", "Amazon Simple Queue Service", "Integration", "Messaging", "Requests", "0.0000004", "Requests",
     "queue"),
    ("sns-sms", "aws", "Amazon Simple Notification Service", "Integration", "Messaging", "Messages", "0.00645",
     "SMS delivery", "topic"),
    ("sms-number", "aws", "AWS End User Messaging", "Integration", "Messaging", "Numbers", "115", "Number lease",
     "phone-number"),
    ("ses", "aws", "Amazon Simple Email Service", "Integration", "Messaging", "Messages", "0.0001", "E-mail",
     "identity"),
    ("cloudwatch-logs", "aws", "Amazon CloudWatch", "Management and Governance", "Observability", "GB", "0.50",
     "Logs ingested", "log-group"),
    ("cloudwatch-metrics", "aws", "Amazon CloudWatch", "Management and Governance", "Observability", "Metrics", "0.01",
     "Custom metrics", "metric"),
    ("bedrock-in", "aws", "Amazon Bedrock", _AI, "Generative AI", "Tokens", "0.000003", "Input tokens", "model"),
    ("bedrock-out", "aws", "Amazon Bedrock", _AI, "Generative AI", "Tokens", "0.000015", "Output tokens", "model"),
    ("codebuild", "aws", "AWS CodeBuild", "Developer Tools", "Continuous Integration and Deployment", "Minutes", "0.02", "Build minutes",
     "project"),
    ("ecr", "aws", "Amazon Elastic Container Registry", "Compute", "Containers", "GB-Months", "0.10", "Image storage",
     "repository"),
    ("bigquery-scan", *_BIGQUERY, "TiB", "6.25", "Analysis", "jobs"),
    ("bigquery-storage", *_BIGQUERY, "GiB-Months", "0.02", "Active storage", "datasets"),
    ("vertex", "gcp", "Vertex AI", _AI, "Machine Learning", "Hours", "0.75", "Prediction node", "endpoints"),
    ("gcs", "gcp", "Cloud Storage", "Storage", "Object Storage", "GiB-Months", "0.02", "Standard storage", "buckets"),
    ("azure-openai-in", "azure", "Azure OpenAI Service", _AI, "Generative AI", "Tokens", "0.0000025", "Input tokens",
     "Microsoft.CognitiveServices/accounts"),
    ("azure-openai-out", "azure", "Azure OpenAI Service", _AI, "Generative AI", "Tokens", "0.00001", "Output tokens",
     "Microsoft.CognitiveServices/accounts"),
    ("azure-vm", "azure", "Virtual Machines", "Compute", "Virtual Machines", "Hours", "0.768", "D16s v5",
     "Microsoft.Compute/virtualMachines"),
    ("azure-sql", "azure", "SQL Database", "Databases", "Relational Databases", "Hours", "2.02", "8 vCore",
     "Microsoft.Sql/servers"),
    ("azure-blob", "azure", "Storage Accounts", "Storage", "Object Storage", "GB-Months", "0.0208", "Hot storage",
     "Microsoft.Storage/storageAccounts"),
)
SKUS = {
    row[0]: Sku(key=row[0], provider=row[1], service=row[2], category=row[3], subcategory=row[4], unit=row[5],
                price=Decimal(row[6]), meter=row[7], resource=row[8])
    for row in _TABLE
}  # fmt: skip
