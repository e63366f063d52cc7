package show

// sarifOfEverything is the log of unknownSecret and odd.
const sarifOfEverything = `{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "version": "2.1.0",
  "runs": [
    {
      "tool": {
        "driver": {
          "name": "secretctl",
          "version": "1.2.3",
          "rules": [
            {
              "id": "SC0002",
              "name": "empty-input",
              "shortDescription": {
                "text": "The input holds no spec."
              },
              "help": {
                "text": "secretctl explain SC0002 prints its page."
              },
              "defaultConfiguration": {
                "level": "error"
              }
            },
            {
              "id": "SC2001",
              "name": "unknown-secret",
              "shortDescription": {
                "text": "A name is not the id of a secret of the spec."
              },
              "help": {
                "text": "secretctl explain SC2001 prints its page."
              },
              "defaultConfiguration": {
                "level": "error"
              }
            },
            {
              "id": "SC2007",
              "name": "glob-matches-nothing",
              "shortDescription": {
                "text": "A glob of ids matches no secret."
              },
              "help": {
                "text": "secretctl explain SC2007 prints its page."
              },
              "defaultConfiguration": {
                "level": "warning"
              }
            },
            {
              "id": "SC4017",
              "name": "handed-over",
              "shortDescription": {
                "text": "A grant is complete only when somebody else adds a statement."
              },
              "help": {
                "text": "secretctl explain SC4017 prints its page."
              },
              "defaultConfiguration": {
                "level": "note"
              }
            }
          ]
        }
      },
      "columnKind": "unicodeCodePoints",
      "results": [
        {
          "ruleId": "SC2001",
          "ruleIndex": 1,
          "level": "error",
          "message": {
            "text": "no secret is named \"dbb\"\nwrite \"db\""
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "spec.yaml"
                },
                "region": {
                  "startLine": 8,
                  "startColumn": 38,
                  "endLine": 8,
                  "endColumn": 41
                }
              }
            }
          ],
          "relatedLocations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "spec.yaml"
                },
                "region": {
                  "startLine": 3,
                  "startColumn": 3,
                  "endLine": 3,
                  "endColumn": 5
                }
              },
              "message": {
                "text": "\"db\" is defined here"
              }
            }
          ],
          "fixes": [
            {
              "artifactChanges": [
                {
                  "artifactLocation": {
                    "uri": "spec.yaml"
                  },
                  "replacements": [
                    {
                      "deletedRegion": {
                        "startLine": 8,
                        "startColumn": 38,
                        "endLine": 8,
                        "endColumn": 41
                      },
                      "insertedContent": {
                        "text": "db"
                      }
                    }
                  ]
                }
              ]
            }
          ]
        },
        {
          "ruleId": "SC0002",
          "ruleIndex": 0,
          "level": "error",
          "message": {
            "text": "nothing"
          },
          "relatedLocations": [
            {
              "message": {
                "text": "nowhere"
              }
            }
          ]
        },
        {
          "ruleId": "SC2007",
          "ruleIndex": 2,
          "level": "warning",
          "message": {
            "text": "100%: {{a}}, <b> & \u001b\u009b\udb40\udc41\ndo\r\nthis"
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "dir/%E7%A7%98%E5%AF%86%2050%25:a,b.yaml"
                },
                "region": {
                  "startLine": 1,
                  "startColumn": 7,
                  "endLine": 2,
                  "endColumn": 2
                }
              }
            }
          ],
          "relatedLocations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "other.yaml"
                },
                "region": {
                  "startLine": 1,
                  "startColumn": 1,
                  "endLine": 1,
                  "endColumn": 2
                }
              },
              "message": {
                "text": "see {{c}}"
              }
            }
          ],
          "fixes": [
            {
              "artifactChanges": [
                {
                  "artifactLocation": {
                    "uri": "dir/%E7%A7%98%E5%AF%86%2050%25:a,b.yaml"
                  },
                  "replacements": [
                    {
                      "deletedRegion": {
                        "startLine": 1,
                        "startColumn": 7,
                        "endLine": 1,
                        "endColumn": 8
                      },
                      "insertedContent": {
                        "text": "{1}"
                      }
                    },
                    {
                      "deletedRegion": {
                        "startLine": 2,
                        "startColumn": 1,
                        "endLine": 2,
                        "endColumn": 2
                      },
                      "insertedContent": {
                        "text": "3"
                      }
                    }
                  ]
                },
                {
                  "artifactLocation": {
                    "uri": "other.yaml"
                  },
                  "replacements": [
                    {
                      "deletedRegion": {
                        "startLine": 1,
                        "startColumn": 1,
                        "endLine": 1,
                        "endColumn": 2
                      },
                      "insertedContent": {
                        "text": "2"
                      }
                    }
                  ]
                }
              ]
            }
          ]
        },
        {
          "ruleId": "SC4017",
          "ruleIndex": 3,
          "level": "note",
          "message": {
            "text": "m"
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "dir/%E7%A7%98%E5%AF%86%2050%25:a,b.yaml"
                },
                "region": {
                  "startLine": 1,
                  "startColumn": 5,
                  "endLine": 1,
                  "endColumn": 6
                }
              }
            }
          ]
        }
      ]
    }
  ]
}
`
