"""Stands for SageMaker's prebuilt model-monitor image; standard library only, since it runs in the job's own Python.

Sources: developer guide pages model-monitor-pre-built-containers, model-monitor-byoc-contract-inputs,
model-monitor-byoc-statistics, model-monitor-byoc-constraints, model-monitor-interpreting-violations,
model-monitor-model-quality-metrics; distances: github.com/awslabs/deequ, analyzers/... /Distance.scala.
"""
