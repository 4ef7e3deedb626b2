# By the IDs of the domain and the user, or the ARN; DOMAIN_ID/NAME@REGION if it is not in the provider's region.
terraform import mlops_studio_user_profile.analyst d-abcdefghijkl/churn-analyst
