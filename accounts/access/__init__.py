"""What somebody may do, and where: roles, permissions and scope."""
