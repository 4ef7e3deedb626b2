# What workers see. A change of the template makes a new one under the same name.
resource "mlops_human_task_ui" "complaints" {
  name        = "complaints"
  ui_template = { content = file("${path.module}/complaint.liquid.html") }
}

output "arn" {
  value = mlops_human_task_ui.complaints.arn
}
