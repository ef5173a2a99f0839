"""The pages for people, their forms and style."""
