import AutoPrune

/// What `inspect --groups` prints.
struct CouplingTable {
  let text: String

  init(_ inspection: CouplingInspection) {
    var groups = TextTable(["group", "kind", "units", "parameters each", "layers"])
    for group in inspection.groups {
      groups.append([
        group.name, group.kind, Format.count(group.units), Format.count(group.parametersPerUnit),
        "\(group.layers.count)",
      ])
    }
    var branches = TextTable(["branch that can go whole", "units", "layers"])
    for branch in inspection.branches {
      branches.append([branch.name, Format.count(branch.units), "\(branch.layers.count)"])
    }
    var obstacles = TextTable(["left alone", "outputs", "because"])
    for obstacle in inspection.obstacles {
      obstacles.append([
        obstacle.layer,
        "\(Format.count(obstacle.blocked)) of \(Format.count(obstacle.outputs))",
        "\(obstacle.operation) '\(obstacle.node)' \(obstacle.reason)",
      ])
    }
    let share =
      inspection.outputs == 0
      ? 0 : Double(inspection.prunableOutputs) / Double(inspection.outputs)
    text = """
      \(groups.text)

      \(inspection.branches.isEmpty ? "no residual branch can go whole" : branches.text)

      \(inspection.obstacles.isEmpty ? "nothing is left alone" : obstacles.text)

      \(Format.count(inspection.prunableOutputs)) of \(Format.count(inspection.outputs)) layer outputs \
      (\(Format.percent(share))) can be removed, in \(inspection.groups.count) groups
      """
  }
}
