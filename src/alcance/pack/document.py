"""The schema as a page of documentation: `python -m alcance.pack.document` prints it."""

from __future__ import annotations

from alcance.pack.schema import Column, items, policies, tables


def document() -> str:
    """Render every table, priced item and policy of the schema as Markdown."""
    lines: list[str] = []
    for table in tables().values():
        need = "required" if table.required else "optional"
        lines += [f"### {table.name} ({need})", "", f"{table.description}.", ""]
        lines += ["| column | type | needed | values | default | also read as | meaning |"]
        lines += ["| --- | --- | --- | --- | --- | --- | --- |"]
        lines += [_row(column) for column in table.columns]
        lines.append("")
    lines += ["### Items of `prices`", "", "| item | per | meaning |", "| --- | --- | --- |"]
    lines += [f"| `{item.item}` | {item.per} | {item.description} |" for item in items().values()]
    lines += [
        "",
        "### Names of `policy`",
        "",
        "| name | type | unit | values | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    for policy in policies().values():
        unit = policy.unit or "–"
        lines.append(f"| `{policy.name}` | {policy.type} | {unit} | {policy.allowed} | {policy.description} |")
    return "\n".join(lines) + "\n"


def _row(column: Column) -> str:
    """One column as a row of its table."""
    kind = f"{column.type} [{column.unit}]" if column.unit else column.type
    need = {"yes": "yes", "no": "no", "derived": "found where absent"}[column.required]
    allowed = column.allowed.replace(" | ", ", ")
    aliases = ", ".join(f"`{alias}`" for alias in column.aliases)
    cells = [f"`{column.name}`", kind, need, allowed, column.default or "", aliases, column.description]
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    print(document(), end="")  # noqa: T201
