# #quality_metric: host=\S+, test msd <loss>=(\S+)
output "regex" {
  value = one([for m in provider::mlops::training_metrics("kmeans") : m.regex if m.name == "test:msd"])
}
