//! What a measurement found: tables for a person, JSON for a program, and whether the goals were
//! met, always with the machine and versions it was measured on.

use std::fmt;

use serde_json::{Map, Value, json};

use super::machine::Machine;

/// One value in a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// A word.
    Text(String),
    /// A number, shown with so many decimals.
    Number(f64, usize),
    /// It could not be measured.
    Missing,
}

impl Cell {
    /// A number with so many decimals; missing where there is none.
    pub(crate) fn number(value: Option<f64>, decimals: usize) -> Self {
        match value {
            Some(value) if value.is_finite() => Self::Number(value, decimals),
            _ => Self::Missing,
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Number(value, _) => json!(value),
            Self::Missing => Value::Null,
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.pad(text),
            Self::Number(value, decimals) => f.pad(&format!("{value:.decimals$}")),
            Self::Missing => f.pad("–"),
        }
    }
}

/// Rows of the same columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty one. A column's name carries its unit.
    pub(crate) fn new(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, rows: Vec::new() }
    }

    /// Adds a row: one cell for each column.
    pub(crate) fn push(&mut self, row: Vec<Cell>) {
        assert_eq!(row.len(), self.columns.len(), "a row has one cell for each column");
        self.rows.push(row);
    }

    /// All values of one column that are numbers.
    pub(crate) fn numbers(&self, column: &str) -> Vec<f64> {
        let index = self.columns.iter().position(|name| *name == column);
        let index = index.expect("the column is one of the table's own");
        let number = |row: &Vec<Cell>| match row[index] {
            Cell::Number(value, _) => Some(value),
            Cell::Text(_) | Cell::Missing => None,
        };
        self.rows.iter().filter_map(number).collect()
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    fn json(&self) -> Value {
        let row = |row: &Vec<Cell>| -> Map<String, Value> {
            let names = self.columns.iter().map(|name| (*name).to_owned());
            names.zip(row.iter().map(Cell::json)).collect()
        };
        json!(self.rows.iter().map(row).collect::<Vec<_>>())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.name)?;
        let head: Vec<Cell> = self.columns.iter().map(|name| Cell::from(*name)).collect();
        let lines: Vec<&Vec<Cell>> = std::iter::once(&head).chain(&self.rows).collect();
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|i| lines.iter().map(|l| l[i].to_string().chars().count()).max().unwrap_or(0))
            .collect();
        for line in lines {
            let mut text = String::from(" ");
            for (cell, width) in line.iter().zip(&widths) {
                text.push_str(&match cell {
                    Cell::Text(_) => format!(" {cell:<width$}"),
                    Cell::Number(..) | Cell::Missing => format!(" {cell:>width$}"),
                });
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

/// Everything that one measurement found.
#[derive(Debug)]
pub(crate) struct Report {
    name: &'static str,
    machine: Machine,
    tables: Vec<Table>,
    goals: Vec<(String, bool)>,
}

impl Report {
    /// An empty one.
    pub(crate) fn new(name: &'static str, machine: Machine) -> Self {
        Self { name, machine, tables: Vec::new(), goals: Vec::new() }
    }

    /// Adds a table.
    pub(crate) fn table(&mut self, table: Table) {
        self.tables.push(table);
    }

    /// Adds a goal, and whether it was met.
    pub(crate) fn goal(&mut self, text: impl Into<String>, met: bool) {
        self.goals.push((text.into(), met));
    }

    /// The whole as one value.
    pub(crate) fn json(&self) -> Value {
        let tables: Map<String, Value> =
            self.tables.iter().map(|table| (table.name.to_owned(), table.json())).collect();
        let goals: Vec<Value> =
            self.goals.iter().map(|(text, met)| json!({ "goal": text, "met": met })).collect();
        json!({
            "bench": self.name,
            "machine": self.machine.json(),
            "tables": tables,
            "goals": goals,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}\n", self.name, self.machine)?;
        for table in &self.tables {
            writeln!(f, "{table}")?;
        }
        for (text, met) in &self.goals {
            writeln!(f, "{} {text}", if *met { "met    " } else { "NOT MET" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new("people", &["name", "fps", "rss MiB"]);
        table.push(vec!["Anna".into(), Cell::Number(29.97, 1), Cell::Number(100.0, 0)]);
        table.push(vec!["Ben".into(), Cell::Number(7.0, 1), Cell::Missing]);
        table
    }

    #[test]
    fn a_table_is_aligned_words_left_and_numbers_right() {
        let text = table().to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            ["people", "  name fps  rss MiB", "  Anna 30.0     100", "  Ben   7.0       –",]
        );
    }

    #[test]
    fn what_could_not_be_measured_is_null_in_json_and_no_number() {
        assert_eq!(
            table().json(),
            json!([
                { "name": "Anna", "fps": 29.97, "rss MiB": 100.0 },
                { "name": "Ben", "fps": 7.0, "rss MiB": null },
            ])
        );
        assert_eq!(table().numbers("rss MiB"), [100.0]);
        assert_eq!(Cell::number(Some(f64::NAN), 1), Cell::Missing);
    }

    #[test]
    fn a_report_names_its_machine_and_its_goals() {
        let mut report = Report::new("call", Machine::of_this_process());
        report.table(table());
        report.goal("30 fps", false);
        let json = report.json();
        assert_eq!(json["bench"], "call");
        assert_eq!(json["goals"][0]["met"], false);
        assert!(json["machine"]["cores"].as_u64().is_some_and(|cores| cores > 0));
        assert!(report.to_string().contains("NOT MET 30 fps"));
    }
}
